find_library(HPDF hpdf REQUIRED)
find_path(FONT_FOLDER DejaVuSans.ttf PATHS /usr/share/fonts/truetype/dejavu NO_DEFAULT_PATH REQUIRED)
set(LAYER_LIBS ${HPDF})
set_source_files_properties(${PROJECT_SOURCE_DIR}/src/oversight/document/pdf.cpp
                            PROPERTIES COMPILE_DEFINITIONS METERWAY_FONT_FOLDER="${FONT_FOLDER}")
