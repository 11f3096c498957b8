"""What a bundle says about itself to whoever opens it first."""

README = """\
BUNDEL BUKTI ADUAN

Berkas ini memuat riwayat penanganan aduan dan bukti bertanda tangan bahwa
riwayat itu lengkap dan tidak diubah. Perlakukan sebagai rahasia: di dalamnya
mungkin ada tulisan pelapor dan petugas.

Cara memeriksa, tanpa bantuan Dinas:
1. Ambil program verify.py dan sidik SHA-256-nya dari halaman rilis Aduan,
   bukan dari bundel ini. Program itu memerlukan Python 3.11 dan pustaka
   "cryptography".
2. Minta daftar kunci publik langsung kepada Dinas (halaman /bukti, atau
   perintah "aduan key show"), simpan sebagai kunci.txt.
3. python verify.py BUNDEL.zip --key kunci.txt
   Tambahkan --against TITIK.txt bila Anda menyimpan titik periksa lama.

Isi: manifest.json (daftar isi, ditandatangani dalam manifest.sig),
events.jsonl (peristiwa dengan buktinya), checkpoint.txt (titik periksa),
proofs.json, keys.txt, deployments/ (diagram dan formulir yang dipakai),
attachments/ (lampiran, bila diminta), dan putar-ulang.html (tampilan untuk
dibaca; bukan bukti). Bentuknya dijelaskan dalam docs/bukti.md.
"""
