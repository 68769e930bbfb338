set(LAYER_LIBS LibXml2::LibXml2)
set(LAYER_RELEASE_OPTIONS -O3)  # reading a request takes a tenth less
