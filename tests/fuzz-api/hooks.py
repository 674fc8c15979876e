"""Signs the fuzzer in, which the OpenAPI document does not describe."""

import itertools
import json
import os
import urllib.request

import schemathesis

ADDRESS = os.environ["UDAM_ADDRESS"]
# These end the session they are called with, so each call gets a session of its own.
ENDS_SESSIONS = r"^/v1/auth/(logout|logout-everywhere|password|sessions/.*)$"
fresh = itertools.count()


def sign_in(email):
    """Returns the token of a new session. `udam dev` accepts an email without a password."""
    request = urllib.request.Request(
        ADDRESS + "/v1/auth/login",
        data=json.dumps({"email": email}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)["session_token"]


class Bearer:
    """Sends a session token."""

    def set(self, case, data, context):
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.auth().skip_for(path_regex=ENDS_SESSIONS)
class OneSession(Bearer):
    """The same session for every call."""

    def get(self, case, context):
        return sign_in("fuzzer@example.com")


@schemathesis.auth(refresh_interval=None).apply_to(path_regex=ENDS_SESSIONS)
class OwnSession(Bearer):
    """A session of a new account, for this call alone."""

    def get(self, case, context):
        return sign_in(f"fuzzer-{next(fresh)}@example.com")


@schemathesis.hook.apply_to(method="PATCH")
def filter_case(context, case):
    """Leaves out edits without a field: they are valid, and Schemathesis takes some of them for invalid."""
    return case.body != {}
