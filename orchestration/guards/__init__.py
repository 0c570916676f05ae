"""Whether a build may be published: questions over landing, marts and figures, asked by suite.

Here belongs asking, answering and keeping the answers. The questions themselves are files in
``expectations/``; nothing here knows a rule of the report.
"""
