# SPDX-License-Identifier: MIT
"""The grader: one idea a module; see labs/README.md."""
