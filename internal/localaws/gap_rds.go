package localaws

import "net/http"

func init() {
	register("rds",
		gap{operation: "DescribePendingMaintenanceActions", why: "moto has no maintenance; none is ever pending", answer: func(*Front, *call) (*answer, error) {
			const name = "DescribePendingMaintenanceActions"
			return &answer{http.StatusOK, http.Header{"Content-Type": {"text/xml"}},
				[]byte("<" + name + "Response><" + name + "Result><PendingMaintenanceActions/></" + name + "Result></" + name + "Response>")}, nil
		}},
	)
}
