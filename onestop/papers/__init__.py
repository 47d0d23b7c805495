"""Paper making: PDF rendering, QR codes, barcodes. No models; knows no domain."""
