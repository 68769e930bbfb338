"""Private keys of a folder of <eui>-ka.key and <eui>-ka.pem files, for opening what is encrypted."""
import os

try:
    from cryptography import x509
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    AVAILABLE = True
except ImportError:
    AVAILABLE = False


class Keys:
    def __init__(self, folder):
        self.folder = folder
        self.known = {}

    def _read(self, eui, ending):
        path = os.path.join(self.folder, eui + "-ka" + ending)
        if not os.path.exists(path):
            return None
        with open(path, "rb") as file:
            return file.read()

    def _private(self, eui):
        data = self._read(eui, ".key")
        return None if data is None else serialization.load_der_private_key(data, None)

    def _public(self, eui):
        data = self._read(eui, ".pem")
        if data is None:
            return None
        if b"BEGIN CERTIFICATE" in data:
            return x509.load_pem_x509_certificate(data).public_key()
        return serialization.load_pem_public_key(data)

    def shared_secret(self, ours, theirs):
        """The x coordinate of ECDH between a party's private key and another's public one; None where one is not at hand."""
        if (ours, theirs) not in self.known:
            private, public = self._private(ours), self._public(theirs)
            self.known[ours, theirs] = private.exchange(ec.ECDH(), public) if private and public else None
        return self.known[ours, theirs]

    @staticmethod
    def open(key, iv, sealed, authenticated):
        """AES-128-GCM with a tag of 12 bytes; None when the tag is wrong."""
        cipher = Cipher(algorithms.AES(key), modes.GCM(iv, sealed[-12:], min_tag_length=12)).decryptor()
        cipher.authenticate_additional_data(authenticated)
        try:
            return cipher.update(sealed[:-12]) + cipher.finalize()
        except InvalidTag:
            return None
