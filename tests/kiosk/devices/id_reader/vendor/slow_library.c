/* A vendor's library that never has done with its start. */
#include <unistd.h>

__attribute__((constructor)) static void look_for_the_dongle(void) {
  for (;;) pause();
}
