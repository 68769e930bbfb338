set(LAYER_LIBS OpenSSL::Crypto)
meterway_table(oversight/devices/eligibility.inc certificate_eligibility.py spec/certificate_eligibility.tsv)
