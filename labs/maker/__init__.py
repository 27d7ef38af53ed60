# SPDX-License-Identifier: MIT
"""Making what is handed out: see labs/README.md."""
