# The official schema is judged by libxml2's own engine, the one behind xmllint.
target_link_libraries(test_schema PRIVATE LibXml2::LibXml2)
