// Package status reads what runs in each environment and says whether it is
// healthy: services, alarms, database, secrets, locks, certificates, quotas and
// drift. It changes nothing. What cannot be read is said, and the rest shown.
// Only programs import it.
package status
