set(LAYER_LIBS LibXml2::LibXml2)
