add_test(NAME forms_table COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/scripts/forms_doc.py --check)
