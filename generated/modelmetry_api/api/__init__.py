"""One module for each operation, each with the functions `sync`, `sync_detailed`, `asyncio` and
`asyncio_detailed`. Written by codegen; do not edit.
"""
