#!/usr/bin/env python3
"""Adds operations of an official AWS model to services/<svc>/api.json.

    tools/api_model/import.py route53 CreateHostedZone GetHostedZone ...
    tools/api_model/import.py route53              (takes the same operations from a newer model)
    tools/api_model/import.py route53 --remove GetGeoLocation

Needs botocore, whose model of the same name is read. Only facts of the interface are kept: names, types, wire
locations, constraints, errors; no documentation.
"""
import argparse
import json
import pathlib

METADATA = ("apiVersion", "awsQueryCompatible", "endpointPrefix", "jsonVersion", "protocols", "serviceId", "signingName",
            "targetPrefix", "xmlNamespace")
OPERATION = ("http", "input", "output", "errors")
OPERATION_REFERENCE = ("shape", "locationName", "xmlNamespace", "resultWrapper")
SHAPE = ("type", "members", "required", "member", "key", "value", "enum", "min", "max", "pattern", "error", "exception", "fault",
         "flattened", "payload", "locationName", "timestampFormat", "xmlNamespace", "union", "document", "sensitive", "streaming")
REFERENCE = ("shape", "location", "locationName", "queryName", "flattened", "xmlAttribute", "xmlNamespace", "timestampFormat",
             "streaming", "jsonvalue")
LARGEST_ENUM = 100

# Root elements of S3's documents that the model does not name.
S3_ROOTS = {
    "ListBucketsOutput": "ListAllMyBucketsResult",
    "ListObjectsOutput": "ListBucketResult",
    "ListObjectsV2Output": "ListBucketResult",
    "ListObjectVersionsOutput": "ListVersionsResult",
    "CreateMultipartUploadOutput": "InitiateMultipartUploadResult",
    "CompleteMultipartUploadOutput": "CompleteMultipartUploadResult",
    "ListMultipartUploadsOutput": "ListMultipartUploadsResult",
    "ListPartsOutput": "ListPartsResult",
    "DeleteObjectsOutput": "DeleteResult",
    "GetBucketLocationOutput": "LocationConstraint",
    "GetBucketVersioningOutput": "VersioningConfiguration",
    "GetBucketTaggingOutput": "Tagging",
    "GetObjectTaggingOutput": "Tagging",
    "GetBucketCorsOutput": "CORSConfiguration",
    "GetBucketAclOutput": "AccessControlPolicy",
    "GetObjectAclOutput": "AccessControlPolicy",
    "GetBucketWebsiteOutput": "WebsiteConfiguration",
    "GetBucketLifecycleConfigurationOutput": "LifecycleConfiguration",
    "GetBucketRequestPaymentOutput": "RequestPaymentConfiguration",
    "GetBucketLoggingOutput": "BucketLoggingStatus",
    "GetBucketNotificationConfigurationOutput": "NotificationConfiguration",
}


# Values that AWS answers and the model does not have: events of a stack itself carry the stack's status.
MISSING_VALUES = {
    ("cloudformation", "ResourceStatus"): ["UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"],
}


def chosen(fields, names):
    return {name: fields[name] for name in names if name in fields}


def import_metadata(model):
    metadata = chosen(model["metadata"], METADATA)
    metadata.setdefault("protocols", [model["metadata"]["protocol"]])
    if "rest-xml" in metadata["protocols"] and "xmlNamespace" not in metadata:
        metadata["xmlNamespace"] = rest_xml_namespace(model)
    return metadata


def rest_xml_namespace(model):
    """rest-xml models name the namespace at their inputs only."""
    for operation in model["operations"].values():
        reference = operation.get("input", {})
        if "xmlNamespace" in reference:
            return reference["xmlNamespace"]["uri"]
        members = model["shapes"].get(reference.get("shape"), {}).get("members", {})
        for member in members.values():
            if "xmlNamespace" in member:
                return member["xmlNamespace"]["uri"]
    return ""


def import_operation(service, operation):
    result = chosen(operation, OPERATION)
    for direction in ("input", "output"):
        if direction in result:
            result[direction] = chosen(result[direction], OPERATION_REFERENCE)
    if service == "s3" and result.get("output", {}).get("shape") in S3_ROOTS:
        result["output"]["locationName"] = S3_ROOTS[result["output"]["shape"]]
    if "errors" in result:
        result["errors"] = [error["shape"] for error in result["errors"]]
    return result


def import_shape(shape):
    result = chosen(shape, SHAPE)
    if len(result.get("enum", ())) > LARGEST_ENUM:
        del result["enum"]
    if "members" in result:
        result["members"] = {name: chosen(member, REFERENCE) for name, member in result["members"].items()}
        if not result["members"]:
            del result["members"]
    for part in ("member", "key", "value"):
        if part in result:
            result[part] = chosen(result[part], REFERENCE)
    return result


def references(shape):
    yield from (member["shape"] for member in shape.get("members", {}).values())
    yield from (shape[part]["shape"] for part in ("member", "key", "value") if part in shape)


def import_model(service, model, operations):
    result = {"metadata": import_metadata(model), "operations": {}, "shapes": {}}
    waiting = []
    for name in sorted(operations):
        if name not in model["operations"]:
            raise SystemExit(f"{service} has no operation {name}")
        operation = import_operation(service, model["operations"][name])
        result["operations"][name] = operation
        waiting += [operation[part]["shape"] for part in ("input", "output") if part in operation]
        waiting += operation.get("errors", [])
    shapes = {}
    while waiting:
        name = waiting.pop()
        if name not in shapes:
            shapes[name] = import_shape(model["shapes"][name])
            if (service, name) in MISSING_VALUES:
                shapes[name]["enum"] = shapes[name]["enum"] + MISSING_VALUES[service, name]
            waiting += references(shapes[name])
    result["shapes"] = dict(sorted(shapes.items()))
    result["notEmulated"] = {name: chosen(operation["http"], ("method", "requestUri"))
                             for name, operation in sorted(model["operations"].items())
                             if is_rest(model) and name not in operations}
    return result


def is_rest(model):
    """Whether only method and path tell what a request wants; other protocols say its name."""
    return any(name.startswith("rest-") for name in model["metadata"].get("protocols", [model["metadata"]["protocol"]]))


def render(model):
    """JSON with one line per member, so that a diff reads well."""
    lines = ["{", f' "metadata": {json.dumps(model["metadata"])},']
    sections = [name for name in ("operations", "shapes", "notEmulated") if model[name] or name != "notEmulated"]
    for section in sections:
        lines.append(f' "{section}": {{')
        entries = []
        for name, entry in model[section].items():
            text = json.dumps(entry)
            if len(text) > 140 and "members" in entry:
                members = entry["members"]
                rest = json.dumps({key: value for key, value in entry.items() if key != "members"})[1:-1]
                inner = ",\n".join(f"    {json.dumps(key)}: {json.dumps(value)}" for key, value in members.items())
                text = f'{{{rest}, "members": {{\n{inner}}}}}'
            entries.append(f"  {json.dumps(name)}: {text}")
        lines.append(",\n".join(entries))
        lines.append(" }" + ("," if section != sections[-1] else ""))
    lines.append("}")
    return "\n".join(lines) + "\n"


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("service", help="folder under services/, named as in botocore")
    arguments.add_argument("operations", nargs="*")
    arguments.add_argument("--remove", nargs="+", default=[], metavar="OPERATION")
    arguments.add_argument("--folder", help="write here instead of services/<service>")
    options = arguments.parse_args()

    import botocore.session  # only the importer needs it

    model = botocore.session.get_session().get_component("data_loader").load_service_model(options.service, "service-2")
    root = pathlib.Path(__file__).resolve().parents[2]
    folder = pathlib.Path(options.folder) if options.folder else root / "services" / options.service
    path = folder / "api.json"
    known = json.loads(path.read_text())["operations"] if path.exists() else {}
    operations = (set(known) | set(options.operations)) - set(options.remove)
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(render(import_model(options.service, model, operations)))
    print(f"{path}: {len(operations)} operations")


if __name__ == "__main__":
    main()
