package picture

// Icon is a small sign in the upper right corner of a box.
type Icon string

const (
	NoIcon   Icon = ""
	Person   Icon = "person"
	Database Icon = "database"
	Bucket   Icon = "bucket"
	Shield   Icon = "shield"
	Key      Icon = "key"
	Branch   Icon = "branch"
)

// iconSize is the side of an icon's square, in pixels.
const iconSize = 16

// iconPaths are outlines in a square of iconSize.
var iconPaths = map[Icon]string{
	Person:   "M8 1a3 3 0 1 1 0 6 3 3 0 0 1 0-6M2 15c0-4 2.5-6 6-6s6 2 6 6z",
	Database: "M2 3.5C2 2 5 1 8 1s6 1 6 2.5v9C14 14 11 15 8 15s-6-1-6-2.5zM2 3.5C2 5 5 6 8 6s6-1 6-2.5M2 8c0 1.500 3 2.500 6 2.500s6-1 6-2.500",
	Bucket:   "M2 3.500h12l-1.500 11h-9zM2 3.500C2 2 5 1.500 8 1.500s6 .500 6 2",
	Shield:   "M8 1l6 2v5c0 3.500-2.500 6-6 7-3.500-1-6-3.500-6-7V3z",
	Key:      "M5 6a4 4 0 1 1 0 8 4 4 0 0 1 0-8M8 7l6-6M11 4l2.500 2.500",
	Branch:   "M4 1.500a2 2 0 1 1 0 4 2 2 0 0 1 0-4M4 10.500a2 2 0 1 1 0 4 2 2 0 0 1 0-4M12 3.500a2 2 0 1 1 0 4 2 2 0 0 1 0-4M4 5.500v5M12 7.500C12 10 8 9.500 4 10.500",
}
