# SPDX-License-Identifier: MIT
"""Submissions that want points they have not earned."""
