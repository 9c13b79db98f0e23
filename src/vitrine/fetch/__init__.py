"""The only room that opens a network connection: photos by URL, models from a hub."""

from vitrine.fetch.addresses import AddressRule, private_too, public_only
from vitrine.fetch.checksums import check_sha256, sha256_of
from vitrine.fetch.hub import MODEL_SUFFIXES, fetch_model_file
from vitrine.fetch.web import Fetched, Fetcher, FetchLimits

__all__ = [
    "MODEL_SUFFIXES",
    "AddressRule",
    "FetchLimits",
    "Fetched",
    "Fetcher",
    "check_sha256",
    "fetch_model_file",
    "private_too",
    "public_only",
    "sha256_of",
]
