"""What Cost Explorer and the library that asks it say when they refuse, as errors of ours."""

from __future__ import annotations

from typing import Any, Final

from modelmetry.errors import (
    CostCredentialsError,
    CostDataError,
    CostPermissionError,
    CostSourceError,
)

_SERVER_ERROR: Final = 500
_SET: Final = (
    "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN if they are "
    "temporary), or AWS_PROFILE, or give the source a profile"
)
# Classes of botocore, by name: some are of newer versions than others.
_NO_CREDENTIALS: Final = {
    "NoCredentialsError": f"there are no credentials for AWS; {_SET}",
    "PartialCredentialsError": f"the credentials for AWS are incomplete; {_SET}",
    "CredentialRetrievalError": f"the credentials for AWS could not be fetched; {_SET}",
    "ProfileNotFound": "there is no such profile for AWS; see `aws configure list-profiles`",
}
_LOGIN: Final = "the login for AWS has expired; run `aws sso login`, or `aws login`, again"
_EXPIRED_LOGIN: Final = (
    *("TokenRetrievalError", "UnauthorizedSSOTokenError", "SSOTokenLoadError", "NoAuthTokenError"),
    *("LoginRefreshRequired", "LoginTokenLoadError"),
)
_NOT_SENT: Final = ("EndpointConnectionError", "ConnectTimeoutError", "ProxyConnectionError")
_CUT_OFF: Final = ("ReadTimeoutError", "ConnectionClosedError", "HTTPClientError")

_EXPIRED: Final = (
    "ExpiredTokenException",
    "ExpiredToken",
    "RequestExpired",
    "TokenRefreshRequired",
)
_WRONG: Final = (
    *("UnrecognizedClientException", "InvalidClientTokenId", "InvalidSignatureException"),
    *("SignatureDoesNotMatch", "IncompleteSignature", "MissingAuthenticationToken"),
)
_DENIED: Final = ("AccessDeniedException", "AccessDenied", "UnauthorizedOperation", "OptInRequired")
_PERMISSION: Final = (
    "AWS does not allow these credentials to read costs; they need the permission "
    "ce:GetCostAndUsage, and Cost Explorer must be enabled for the account"
)
_LIMITED: Final = (
    *("LimitExceededException", "ThrottlingException", "Throttling", "TooManyRequestsException"),
    "RequestLimitExceeded",
)
_DATA: Final = {
    "DataUnavailableException": (
        "Cost Explorer has no data yet; it takes up to 24 hours after it was enabled"
    ),
    "BillExpirationException": (
        "Cost Explorer no longer has these days; ask for the last 13 months at most"
    ),
    "ResourceNotFoundException": "Cost Explorer does not know what was asked for",
    "BillingViewHealthStatusException": "the billing view cannot be read now",
}
_PAGES: Final = ("InvalidNextTokenException", "RequestChangedException")


def told(error: Exception) -> CostSourceError:
    """Give our error for one that asking raised: what happened, what was said, what to do.

    Args:
        error: of botocore, or anything else.
    """
    response: dict[str, Any] = getattr(error, "response", None) or {}
    said = response.get("Error", {})
    if said:
        status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return _refused(str(said.get("Code", "")), str(said.get("Message", "")), int(status))
    names = [kind.__name__ for kind in type(error).__mro__]
    for name in names:
        if name in _NO_CREDENTIALS:
            return CostCredentialsError(f"{_NO_CREDENTIALS[name]} ({error})", paid=False)
        if name in _EXPIRED_LOGIN:
            return CostCredentialsError(f"{_LOGIN} ({error})", paid=False)
        if name in _NOT_SENT:
            return CostSourceError(
                f"Cost Explorer cannot be reached ({error}); "
                "look at the network, the proxy and the region",
                retry=True,
                paid=False,
            )
        if name in _CUT_OFF:
            return CostSourceError(f"Cost Explorer did not answer ({error})", retry=True)
    return CostSourceError(f"Cost Explorer could not be asked: {error!r}")


def _refused(code: str, message: str, status: int) -> CostSourceError:
    """What the service itself said; who is refused for who they are has not been charged."""
    quoted = f"({code}: {message})"
    if code in _EXPIRED:
        text = "the credentials for AWS have expired; log in again or renew them"
        return CostCredentialsError(f"{text} {quoted}", paid=False)
    if code in _WRONG:
        text = f"AWS does not accept the credentials; {_SET}, and look at the clock"
        return CostCredentialsError(f"{text} {quoted}", paid=False)
    if code in _DENIED:
        return CostPermissionError(f"{_PERMISSION} {quoted}", paid=False)
    if code in _DATA:
        return CostDataError(f"{_DATA[code]} {quoted}")
    text, retry = "Cost Explorer refused", status >= _SERVER_ERROR
    if code in _LIMITED:
        text, retry = "Cost Explorer was asked too often; ask again later", True
    elif code in _PAGES:
        text = "Cost Explorer forgot the pages; ask again"
    return CostSourceError(f"{text} {quoted}", retry=retry)
