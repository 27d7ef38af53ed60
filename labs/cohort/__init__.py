# SPDX-License-Identifier: MIT
"""Many submissions at once: labs/grade-all, labs/grade-one, labs/hand-off."""
