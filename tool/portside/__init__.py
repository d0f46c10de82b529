"""GitOps for Port software catalogs.

Two rivers of frozen values run through this package, and I/O happens only at
their sources and mouths:

    files ▶ checks ▶ plans ▶ catalogs ▶ report      what the catalog should be
    mappings ▶ goldens | catalogs ▶ report          what a delivery becomes

Read in this order: problems, model, files, checks, plans, catalogs; then jq,
mappings, goldens; last report and cli. The floor plan is tool/README.md.
"""

__version__ = "0.1.0"
