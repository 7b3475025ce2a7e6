/* A vendor's library that was written for another version of the interface. */
#include <stddef.h>

int cardrig_photo_interface(void) { return 0; }

int cardrig_decode_photo(const unsigned char* coded, size_t coded_size, unsigned char* picture,
                         size_t* size) {
  (void)coded;
  (void)coded_size;
  (void)picture;
  (void)size;
  return 1;
}
