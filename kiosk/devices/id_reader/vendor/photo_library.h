/* What bin/photo-decoder asks of a vendor's photo decoder: a C interface of ours, house-defined.
 *
 * No vendor's library has it. A small shared library, linked with the vendor's, provides it and is
 * named in the kiosk's profile. Two public shapes of vendors' functions, for whoever writes one
 * (reference sheet "id-reader-sdt" §1.10; signatures and dimensions are GK until they were tried):
 *
 *   unpack(src, dst, save_bmp)   src: the 1024 bytes; dst: 38556 bytes of B G R with rows and
 * pixels in reverse order: walk it backwards, pixel by pixel GetBmp(wlt_file, type)       writes a
 * BMP beside the file; its results are the ones below
 *
 * The library is loaded in a process of its own, with memory and time limited, standard input,
 * output and error closed to it, and may do what it likes there: crash, hang, print, leak. It is
 * called on one thread, one photo at a time. */
#ifndef CARDRIG_PHOTO_LIBRARY_H
#define CARDRIG_PHOTO_LIBRARY_H

#include <stddef.h> /* NOLINT(modernize-deprecated-headers): C includes this, too */

#ifdef __cplusplus
extern "C" {
#endif

#define CARDRIG_PHOTO_INTERFACE 1

/* Results; those of GetBmp. Every other one counts as CARDRIG_PHOTO_DAMAGED. */
#define CARDRIG_PHOTO_OK 1
#define CARDRIG_PHOTO_DAMAGED (-1)
#define CARDRIG_PHOTO_BAD_FORMAT (-4)
#define CARDRIG_PHOTO_NOT_LICENSED (-5)
#define CARDRIG_PHOTO_NO_DEVICE (-6)

/* Returns CARDRIG_PHOTO_INTERFACE: which version of this file the library was written for. */
int cardrig_photo_interface(void);

/* Decodes the photo of a chip. `coded`: 1024 bytes. `picture`: room for *size bytes, 38556 = 102 ×
 * 126 × 3: B G R, the top row first, left to right. On CARDRIG_PHOTO_OK *size says how many were
 * written. */
int cardrig_decode_photo(const unsigned char* coded, size_t coded_size, unsigned char* picture,
                         size_t* size);

#ifdef __cplusplus
}
#endif

#endif
