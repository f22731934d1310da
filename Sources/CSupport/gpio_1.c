// gpio.h over libgpiod 1.x: a line belongs to its chip, which stays open as long as the line is held.
#include "gpio.h"

#include <errno.h>
#include <gpiod.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// Version 2 has neither bulks nor, for telling the two apart, a number of its version in the header.
#ifdef GPIOD_LINE_BULK_MAX_LINES

static const char consumer[] = "outpost";

struct gpio_line {
    struct gpiod_chip *chip;
    struct gpiod_line *line;
    bool has_edges;
};

// A failed call of the library always sets errno; should it not, the failure is still one.
static int last_error(void) { return errno != 0 ? errno : EIO; }

int gpio_chip_label(const char *path, char label[GPIO_LABEL_LENGTH]) {
    struct gpiod_chip *chip = gpiod_chip_open(path);
    if (chip == NULL) return last_error();
    strncpy(label, gpiod_chip_label(chip), GPIO_LABEL_LENGTH - 1);
    label[GPIO_LABEL_LENGTH - 1] = '\0';
    gpiod_chip_close(chip);
    return 0;
}

static int flags(bool is_active_low, gpio_bias bias) {
    int flags = is_active_low ? GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW : 0;
    if (bias == GPIO_BIAS_PULL_UP) flags |= GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP;
    if (bias == GPIO_BIAS_PULL_DOWN) flags |= GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_DOWN;
    return flags;
}

// The line, not asked for yet.
static gpio_line *find(const char *path, unsigned offset, int *error) {
    gpio_line *line = calloc(1, sizeof *line);
    if (line == NULL) {
        *error = ENOMEM;
        return NULL;
    }
    line->chip = gpiod_chip_open(path);
    if (line->chip != NULL) line->line = gpiod_chip_get_line(line->chip, offset);
    if (line->line == NULL) {
        *error = last_error();
        gpio_close(line);
        return NULL;
    }
    return line;
}

gpio_line *gpio_open_output(const char *path, unsigned offset, bool is_active_low, int *error) {
    gpio_line *line = find(path, offset, error);
    if (line == NULL) return NULL;
    if (gpiod_line_request_output_flags(line->line, consumer, flags(is_active_low, GPIO_BIAS_AS_IS), 0) != 0) {
        *error = last_error();
        gpio_close(line);
        return NULL;
    }
    return line;
}

gpio_line *gpio_open_input(const char *path, unsigned offset, bool is_active_low, gpio_bias bias, int *error) {
    gpio_line *line = find(path, offset, error);
    if (line == NULL) return NULL;
    const int wanted = flags(is_active_low, bias);
    line->has_edges = gpiod_line_request_both_edges_events_flags(line->line, consumer, wanted) == 0;
    // A chip without interrupts tells of no changes, and is asked for its level.
    if (!line->has_edges && gpiod_line_request_input_flags(line->line, consumer, wanted) != 0) {
        *error = last_error();
        gpio_close(line);
        return NULL;
    }
    return line;
}

int gpio_set(gpio_line *line, bool is_active) {
    return gpiod_line_set_value(line->line, is_active) == 0 ? 0 : last_error();
}

int gpio_get(gpio_line *line, bool *is_active) {
    const int value = gpiod_line_get_value(line->line);
    if (value < 0) return last_error();
    *is_active = value != 0;
    return 0;
}

int gpio_next_edge(gpio_line *line, gpio_edge *edge, bool *found) {
    *found = false;
    if (!line->has_edges) return 0;
    const struct timespec at_once = {0, 0};
    const int waiting = gpiod_line_event_wait(line->line, &at_once);
    if (waiting < 0) return last_error();
    if (waiting == 0) return 0;
    struct gpiod_line_event event;
    if (gpiod_line_event_read(line->line, &event) != 0) return last_error();
    edge->is_active = event.event_type == GPIOD_LINE_EVENT_RISING_EDGE;
    edge->nanoseconds = (uint64_t)event.ts.tv_sec * 1000000000u + (uint64_t)event.ts.tv_nsec;
    *found = true;
    return 0;
}

void gpio_close(gpio_line *line) {
    if (line == NULL) return;
    // Gives back its lines too.
    if (line->chip != NULL) gpiod_chip_close(line->chip);
    free(line);
}

const char *gpio_library_version(void) { return gpiod_version_string(); }

#endif
