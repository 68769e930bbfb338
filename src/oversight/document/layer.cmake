find_library(HPDF hpdf REQUIRED)
find_path(FONT_FOLDER DejaVuSans.ttf PATHS /usr/share/fonts/truetype/dejavu NO_DEFAULT_PATH REQUIRED)
set(LAYER_LIBS ${HPDF})
set(LAYER_DEFINITIONS METERWAY_FONT_FOLDER="${FONT_FOLDER}")
