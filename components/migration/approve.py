import sys
from packit_service.models import AllowlistModel, AllowlistStatus
for namespace in sys.argv[1:]:
    AllowlistModel.add_namespace(namespace=namespace, status=AllowlistStatus.approved_manually.value)
