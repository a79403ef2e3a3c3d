/* SPDX-License-Identifier: ISC */
#pragma once

/* The style of a report as a page: src/report/page.css, and its SHA-256 in base64 as a
 * Content-Security-Policy wants it.  Both are made by the build (src/report/page.awk). */

extern const char page_css[], page_css_hash[];
