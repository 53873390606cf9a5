"""Writes rest.csv, the operations of the AWS services that speak through
method and path, from botocore's own description of them.

    .local/venv/bin/python internal/awsapi/rest.py > internal/awsapi/rest.csv
"""

import csv
import re
import sys

import botocore.loaders

# By the name under which botocore keeps the service, with its signing name.
SERVICES = {
    "accessanalyzer": "access-analyzer",
    "backup": "backup",
    "chatbot": "chatbot",
    "cloudfront": "cloudfront",
    "guardduty": "guardduty",
    "route53": "route53",
    "s3": "s3",
    "s3control": "s3",
    "scheduler": "scheduler",
    "securityhub": "securityhub",
}
# The only operations of a service that are known, with the names that IAM has
# for them where the service is signed for as another.
ONLY = {
    "s3control": {
        "DeletePublicAccessBlock": "DeleteAccountPublicAccessBlock",
        "GetPublicAccessBlock": "GetAccountPublicAccessBlock",
        "PutPublicAccessBlock": "PutAccountPublicAccessBlock",
    },
}
# Answered by S3 Express under a host of its own; elsewhere it looks like
# ListBuckets.
ELSEWHERE = {"ListDirectoryBuckets"}


def rows():
    loader = botocore.loaders.Loader()
    for service, signing_name in SERVICES.items():
        model = loader.load_service_model(service, "service-2")
        for name, operation in model["operations"].items():
            if operation.get("deprecated") or name in ELSEWHERE:
                continue
            if service in ONLY and name not in ONLY[service]:
                continue
            path, _, static = operation["http"]["requestUri"].partition("?")
            query = {q for q in static.split("&") if q and not q.startswith("x-id=")}
            headers = set()
            shape = model["shapes"].get(operation.get("input", {}).get("shape"), {})
            for member in shape.get("required", []):
                place = shape["members"][member]
                if place.get("location") == "querystring":
                    query.add(place["locationName"])
                if place.get("location") == "header" and place["locationName"].startswith("x-amz-"):
                    headers.add(place["locationName"].lower())
            yield [
                signing_name,
                re.sub(r"\d{4}_\d{2}_\d{2}$", "", ONLY.get(service, {}).get(name, name)),
                operation["http"]["method"],
                path,
                "&".join(sorted(query)),
                " ".join(sorted(headers)),
            ]


out = csv.writer(sys.stdout, lineterminator="\n")
out.writerow(["service", "operation", "method", "path", "query", "headers"])
out.writerows(sorted(rows()))
