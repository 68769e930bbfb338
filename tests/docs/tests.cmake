# Pages of docs/reference are what their tables say.
add_test(NAME reference_docs COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/scripts/reference_docs.py --check)
