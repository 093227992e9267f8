"""The behaviours of Discogs that nobody has written down, and knobs for bad days."""

from __future__ import annotations

from instica.kit.simulation import Switch

SWITCHES = (
    Switch(
        "denial",
        "denied",
        "Deny: back with ?denied=, back with ?oauth_problem=, or a page",
        ("denied", "problem", "page"),
    ),
    Switch("nonce_replay", "accept", "What happens to a nonce used twice", ("accept", "refuse")),
    Switch("rate_lag", 0, "X-Discogs-Ratelimit-Used lags by so many calls and jumps back now and then"),
    Switch("export_polls", 0, "An export is ready after so many looks"),
    Switch("export_running", "in progress", "The word for an export that is not ready"),
    Switch("export_outcome", "success", "How an export ends", ("success", "failed", "error")),
    Switch("export_zip", False, "The export is a ZIP that holds the CSV"),
    Switch("export_everything", False, "Expired, sold, suspended and violating listings are in the export too"),
    Switch("export_bad_quote", False, "A quotation mark stays open in the exported file"),
    Switch("upload_polls", 0, "An upload is done after so many looks"),
    Switch("sold_visible", True, "Strangers can read a sold listing"),
    Switch("closed_edit", 403, "Status of an edit of a listing that is sold or taken down", (403, 422)),
    Switch("blocked_release", 403, "Status of listing a release that is blocked from sale", (403, 422)),
    Switch("seller_settings", True, "The seller settings are filled out"),
    Switch("account_suspended", False, "The seller account is suspended"),
    Switch("payment", "integrated", "New orders arrive paid, or go the classic way", ("integrated", "classic")),
    Switch("relist", "same", "What an automatic relisting does with the id", ("same", "new", "none")),
    Switch("fee_decimals", False, "The fee path wants exactly two decimals"),
)
