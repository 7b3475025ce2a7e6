/* A vendor's photo decoder for tests. The first byte of the photo says what it does; with 'g' it
 * decodes: each byte of the picture is the photo's byte at the same place, modulo 1024, plus 7. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kiosk/devices/id_reader/vendor/photo_library.h"

int cardrig_photo_interface(void) { return CARDRIG_PHOTO_INTERFACE; }

static void draw(const unsigned char* coded, unsigned char* picture, size_t size) {
  for (size_t i = 0; i < size; ++i) picture[i] = (unsigned char)(coded[i % 1024] + 7);
}

/* More than any picture needs. */
static int take_memory(void) {
  const size_t much = (size_t)512 << 20;
  char* memory = malloc(much);
  if (memory == NULL) return CARDRIG_PHOTO_NOT_LICENSED;
  memset(memory, 1, much);
  free(memory);
  return CARDRIG_PHOTO_OK;
}

static void close_everything(void) {
  for (int fd = 0; fd < 64; ++fd) close(fd);
}

static void leave_a_child(void) {
  if (fork() == 0) {
    for (;;) pause();
  }
}

/* Something like a picture to whoever reads this process's standard output. */
static void print_much(void) {
  for (int i = 0; i < 4096; ++i) printf("CDPF decoding %d\n", i);
  fflush(stdout);
  fprintf(stderr, "warning: licence expires\n");
}

int cardrig_decode_photo(const unsigned char* coded, size_t coded_size, unsigned char* picture,
                         size_t* size) {
  if (coded_size != 1024) return CARDRIG_PHOTO_DAMAGED;
  switch (coded[0]) {
    case 'g':
      break;
    case 'c':
      raise(SIGSEGV);
      break;
    case 'a':
      abort();
    case 'x':
      exit(0);
    case 'h':
      for (;;) pause();
    case 'b':
      for (volatile unsigned busy = 0;;) ++busy;
    case 'o':
      memset(picture, 1, *size + 1);
      break;
    case 's':
      *size -= 1;
      break;
    case 'S':
      *size += 100000;
      break;
    case 'e':
      return CARDRIG_PHOTO_DAMAGED;
    case 'E':
      return 77;
    case 'f':
      return CARDRIG_PHOTO_BAD_FORMAT;
    case 'l':
      return CARDRIG_PHOTO_NOT_LICENSED;
    case 'd':
      return CARDRIG_PHOTO_NO_DEVICE;
    case 'm':
      return take_memory();
    case 'k':
      close_everything();
      break;
    case 'F':
      leave_a_child();
      break;
    case 'p':
      print_much();
      break;
    case 'w': /* what it could say in the kiosk's place */
      if (write(3, "an answer of its own making", 27) < 0) return CARDRIG_PHOTO_DAMAGED;
      break;
    default:
      return CARDRIG_PHOTO_DAMAGED;
  }
  if (coded[0] == 'g' || coded[0] == 'p' || coded[0] == 'F') draw(coded, picture, *size);
  return CARDRIG_PHOTO_OK;
}
