"""What schemathesis is told about this service: values that are stored there, and what counts as a failure.

KNOWN has the stored values as JSON: `ids`, `texts` such as storage keys and cursors, and `tokens` of links. With made-up ones
alone nearly everything would be refused at the door, and little behind it be tried.
"""

import json
import os
from collections import Counter
from itertools import cycle

import graphql
import schemathesis
from hypothesis import strategies as st
from schemathesis.graphql import nodes

KNOWN = json.loads(os.environ["KNOWN"])
IDS, TEXTS = KNOWN["ids"], KNOWN["texts"]
# What one operation wants is not to come before what many do.
OFTEN = [id for id in IDS for _ in range(1 if id.startswith("lnk_") else 3)]
CSV = "id,author,published_at,text\n1,ann,2024-02-01T10:00:00Z,acme\n"
WORDS = ["dataset:posts", "Europe/Berlin", "0 8 * * MON", "How many times was acme mentioned?"]
URLS = ["http://127.0.0.1:9/", "https://hooks.invalid/end"]
UPLOAD = "PUT /v1/datasets/{name}"
# The others are asked about the dataset that is deleted here no more.
DELETE = "DELETE /v1/datasets/{name}"
# Nor about the result that is deleted here.
DELETE_RESULT = "DELETE /v1/storage/{key}"
# With a key there is no session to sign out of, and that is what it answers.
SIGN_OUT = "DELETE /v1/session"
# Codes that say that the service failed; all others are about the request.
FAILED = {"INTERNAL", "UNAVAILABLE", "TIMEOUT"}
# What a job does meanwhile decides about these, so that a refusal in the payload is as good.
RACES = {
    "Mutation.cancelJob",
    "Mutation.retryJob",
    # And about these what was done to the one endpoint there is, and whether its address is free.
    "Mutation.createWebhookEndpoint",
    "Mutation.updateWebhookEndpoint",
    "Mutation.deleteWebhookEndpoint",
    "Mutation.rotateWebhookSecret",
    "Mutation.testWebhookEndpoint",
    "Mutation.redeliver",
    "Mutation.recoverDeliveries",
}


@st.composite
def mostly(draw, node, likely, others):
    """A composite, as the choices of a plain `one_of` would be counted beside null and make it rare."""
    return node(draw(others if draw(st.integers(0, 3)) == 0 else likely))


text = st.text(st.characters(codec="utf-8"))
# A day that is past and what will not come soon, or any other.
days = st.sampled_from(["2024-02-01T00:00:00Z", "2024-02-02T00:00:00Z", "2090-01-01T00:00:00Z"])
instant = st.one_of(days, st.datetimes().map(lambda at: at.isoformat(timespec="seconds") + "Z"))
for scalar, likely, others in [
    ("ID", st.sampled_from(OFTEN), st.one_of(text, st.sampled_from(TEXTS))),
    ("String", st.sampled_from(IDS + TEXTS + WORDS), text),
    ("DateTime", instant, text),
    ("Url", st.sampled_from(URLS), text),
]:
    schemathesis.graphql.scalar(scalar, mostly(nodes.String, likely, others))
int32 = st.integers(-(2**31), 2**31 - 1)
schemathesis.graphql.scalar("Int", mostly(nodes.Int, st.integers(1, 100), int32))


# By turns what is stored and what was made up.
def turns(values):
    return cycle([turn for value in values for turn in (value, None)])


PARTS = {"id": turns(IDS), "key": turns(IDS + TEXTS), "name": turns(["posts"]), "token": turns(KNOWN["tokens"])}
SPARE = turns(["spare"])
SPARE_RESULTS = turns(KNOWN["spare_results"])
UPLOADS = turns([CSV])
UNREGISTER = "DELETE /v1/webhooks/{id}"
HOOKS = turns(KNOWN["webhooks"])
REGISTER = "POST /v1/webhooks"
BODIES = turns([{"url": f"https://hooks.invalid/{n}", "events": ["storage.deleted"]} for n in range(50)])
PAGING = {"first", "last", "after", "before"}


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    for name in path_parameters or {}:
        own = {DELETE: SPARE, DELETE_RESULT: SPARE_RESULTS, UNREGISTER: HOOKS}
        values = own.get(context.operation.label) or PARTS[name]
        path_parameters[name] = next(values) or path_parameters[name]
    return path_parameters


@schemathesis.hook
def map_case(context, case):
    if case.operation.label == UPLOAD:
        case.body = next(UPLOADS) or case.body
    if case.operation.label == REGISTER:
        case.body = next(BODIES) or case.body
    return case


class Paged(graphql.Visitor):
    """Lists as clients ask for them: both ends at once, or the cursors of others, are refused."""

    def enter_field(self, node, *_):
        arguments = node.arguments or ()
        if not PAGING <= {argument.name.value for argument in arguments}:
            return None
        others = (argument for argument in arguments if argument.name.value not in PAGING)
        page = graphql.ArgumentNode(name=graphql.NameNode(value="first"), value=nodes.Int(2))
        return graphql.FieldNode(
            alias=node.alias,
            name=node.name,
            arguments=(page, *others),
            directives=node.directives,
            selection_set=node.selection_set,
        )


@schemathesis.hook
def before_generate_body(context, strategy):
    if not context.operation.label.startswith(("Query.", "Mutation.")):
        return strategy
    paged = strategy.map(lambda document: graphql.visit(document, Paged()))
    return st.booleans().flatmap(lambda is_paged: paged if is_paged else strategy)


@schemathesis.hook
def before_call(context, case, kwargs):
    # Long polls do what they say; here they would take the time of everything else.
    query = case.query or {}
    if str(query.get("wait")) in map(str, range(2, 51)):
        query["wait"] = 1


@schemathesis.check
class answered:
    """The service never says that it failed, whatever the status; and every operation was really carried out."""

    def __init__(self):
        self.statuses = Counter()
        self.carried_out = Counter()

    def after_response(self, ctx, response, case):
        self.statuses[response.status_code] += 1
        said = json.loads(response.content) if is_json(response) else {}
        errors = said.get("errors", [])
        codes = {said.get("code"), *(error.get("extensions", {}).get("code") for error in errors)}
        assert not codes & FAILED, f"{response.status_code} {said}"
        label = case.operation.label
        payloads = (said.get("data") or {}).values()
        refused = label not in RACES and any(isinstance(one, dict) and one.get("userErrors") for one in payloads)
        taken = response.status_code < (401 if label == SIGN_OUT else 400)
        self.carried_out[label] += taken and not errors and not refused

    def after_run(self, ctx):
        calls = self.statuses.total()
        turned_away = self.statuses[401] + self.statuses[429]
        assert turned_away * 10 < calls, f"{turned_away} of {calls} calls came no further than the door"
        never = [operation for operation, times in self.carried_out.items() if not times]
        assert not never, f"never carried out: {', '.join(never)}"
        # Looked for by whoever started this: it tells that the check was made.
        print(f"carried out: {len(self.carried_out)} operations in {calls} calls {dict(self.statuses)}")


def is_json(response):
    [kind] = response.headers.get("content-type", [""])
    is_whole = response.status_code != 206 and "ndjson" not in kind
    return response.content and is_whole and "json" in kind
