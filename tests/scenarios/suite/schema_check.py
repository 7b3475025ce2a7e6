#!/usr/bin/env python3
"""Checks scenarios/scenario.schema.json: it accepts every file of the suite, refuses slips, and knows
the same acts as the loader.

  schema_check.py ROOT

Understands the part of JSON Schema that the file uses, so that the test needs no package.
"""
import json
import re
import sys
from pathlib import Path

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool}


def without_comments(text):
    """The JSON text without // and /* */ comments; strings stay as they are."""
    pattern = r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/'
    return re.sub(pattern, lambda m: m.group(1) or "", text, flags=re.DOTALL)


def read(path):
    return json.loads(without_comments(path.read_text(encoding="utf-8")))


def is_type(value, name):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


class Schema:
    KNOWN = {"$schema", "title", "description", "examples", "definitions", "type", "required",
             "additionalProperties", "patternProperties", "properties", "items", "minItems", "minLength", "minProperties",
             "minimum", "pattern", "const", "oneOf", "anyOf", "$ref"}

    def __init__(self, root):
        self.root = root

    def errors(self, value, schema=None, path="$"):
        schema = self.root if schema is None else schema
        unknown = set(schema) - self.KNOWN
        assert not unknown, f"this check does not understand {unknown}"
        found = []
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            found += self.errors(value, self.root["definitions"][name], path)
        if "type" in schema:
            names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
            if not any(is_type(value, name) for name in names):
                return [f"{path} is no {' or '.join(names)}"]
        if "const" in schema and value != schema["const"]:
            found.append(f"{path} is not {schema['const']}")
        for word, fits in (("oneOf", lambda n: n == 1), ("anyOf", lambda n: n >= 1)):
            if word in schema:
                matching = sum(not self.errors(value, one, path) for one in schema[word])
                if not fits(matching):
                    found.append(f"{path} matches {matching} of {word}")
        if isinstance(value, str):
            if len(value) < schema.get("minLength", 0):
                found.append(f"{path} is too short")
            if "pattern" in schema and not re.search(schema["pattern"], value):
                found.append(f"{path} does not fit {schema['pattern']}")
        if is_type(value, "number") and value < schema.get("minimum", value):
            found.append(f"{path} is too small")
        if isinstance(value, list):
            if len(value) < schema.get("minItems", 0):
                found.append(f"{path} has too few items")
            for i, item in enumerate(value):
                if "items" in schema:
                    found += self.errors(item, schema["items"], f"{path}[{i}]")
        if isinstance(value, dict):
            found += self.object_errors(value, schema, path)
        return found

    def object_errors(self, value, schema, path):
        found = [f"{path} needs {key}" for key in schema.get("required", []) if key not in value]
        if len(value) < schema.get("minProperties", 0):
            found.append(f"{path} is empty")
        properties = schema.get("properties", {})
        patterns = schema.get("patternProperties", {})
        more = schema.get("additionalProperties", True)
        for key, item in value.items():
            if key in properties:
                found += self.errors(item, properties[key], f"{path}.{key}")
            elif fitting := [p for p in patterns if re.search(p, key)]:
                for pattern in fitting:
                    found += self.errors(item, patterns[pattern], f"{path}.{key}")
            elif more is False:
                found.append(f"{path} may not have {key}")
            elif isinstance(more, dict):
                found += self.errors(item, more, f"{path}.{key}")
        return found


def acts_of_loader(root):
    text = (root / "scenarios/engine/acts.cpp").read_text(encoding="utf-8")
    return set(re.findall(r'\{"([a-z_]+)",\s*"[a-z_]+\.[a-z_]+"', text))


def main():
    root = Path(sys.argv[1])
    schema = Schema(read(root / "scenarios/scenario.schema.json"))
    complaints = []
    files = sorted((root / "scenarios/suite").rglob("*.scenario.json"))
    for file in files:
        complaints += [f"{file}: {error}" for error in schema.errors(read(file))]
    steps = {"$ref": "#/definitions/steps"}
    for file in sorted((root / "scenarios/suite").rglob("*.steps.json")):
        complaints += [f"{file}: {error}" for error in schema.errors(read(file), steps)]
    if len(files) < 18:
        complaints.append(f"only {len(files)} files were found")

    words = {"note", "at", "refused", "within", "for", "use", "wait", "expect", "never", "eventually"}
    known = set(schema.root["definitions"]["step"]["properties"]) - words
    if known != acts_of_loader(root):
        complaints.append(f"schema and loader know different acts: {known ^ acts_of_loader(root)}")

    for slip in ({"name": "x"}, {"name": "x", "steps": []}, {"name": 1, "steps": [{"wait": "1 s"}]},
                 {"name": "x", "steps": [{"wait": "1 s"}], "stpes": []},
                 {"name": "x", "steps": [{"tuch": "start"}]}, {"name": "x", "steps": [{"wait": 5}]},
                 {"name": "x", "steps": [{"expect": {}}]},
                 {"name": "x", "steps": [{"expect": {"scren": "face"}}]}):
        if not schema.errors(slip):
            complaints.append(f"the schema accepts {slip}")
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
