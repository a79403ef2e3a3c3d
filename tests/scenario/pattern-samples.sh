#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Every pattern file proves itself by the samples it carries.

exec "${BUILD:-build}/mailtls-pattern" check --tap patterns
