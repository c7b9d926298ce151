// Package local names the one module whose files, not code, are needed: it holds OpenShift's published schemas.
package local

import _ "github.com/openshift/api/route/v1"
