// One line of a GPIO chip, over libgpiod 1.6 (Debian 12) or 2.x (Debian 13 and later): the two have no call in common
// that asks for a line.
//
// Numbers that are returned are 0, or an errno. A chip that is taken away makes every call fail from then on (ENODEV)
// and nothing else: the line is closed as any other.
#ifndef OUTPOST_GPIO_H
#define OUTPOST_GPIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Of a label with its end; the kernel's have 32 (GPIO_MAX_NAME_SIZE of linux/gpio.h).
enum { GPIO_LABEL_LENGTH = 64 };

typedef enum {
    GPIO_BIAS_AS_IS = 0,
    GPIO_BIAS_PULL_UP = 1,
    GPIO_BIAS_PULL_DOWN = 2,
} gpio_bias;

// A line that this process holds. Not to be used by two threads at once.
typedef struct gpio_line gpio_line;

// A change that the kernel saw.
typedef struct {
    // What the line is since then; with active-low lines, true is a low level.
    bool is_active;
    // By CLOCK_MONOTONIC (kernel 5.7 and later).
    uint64_t nanoseconds;
} gpio_edge;

// Writes the label of the chip whose device is `path`, such as `/dev/gpiochip0`.
int gpio_chip_label(const char *path, char label[GPIO_LABEL_LENGTH]);

// Takes a line as an output, inactive at first. NULL with `error` set where it cannot be had.
gpio_line *gpio_open_output(const char *path, unsigned line, bool is_active_low, int *error);

// Takes a line as an input. The kernel notes its changes, where its chip can tell of them.
gpio_line *gpio_open_input(const char *path, unsigned line, bool is_active_low, gpio_bias bias, int *error);

int gpio_set(gpio_line *line, bool is_active);
int gpio_get(gpio_line *line, bool *is_active);

// The oldest change that the kernel noted and that was not given yet; `found` is false where there is none. Does not
// wait.
int gpio_next_edge(gpio_line *line, gpio_edge *edge, bool *found);

// Gives the line back. NULL is as well.
void gpio_close(gpio_line *line);

// The version of the library, such as `1.6.3`.
const char *gpio_library_version(void);

#ifdef __cplusplus
}
#endif

#endif
