// gpio.h over libgpiod 2.x: a request stands by itself, and its chip is closed as soon as it is made.
#include "gpio.h"

#include <errno.h>
#include <gpiod.h>
#include <stdlib.h>
#include <string.h>

// See gpio_1.c.
#ifndef GPIOD_LINE_BULK_MAX_LINES

static const char consumer[] = "outpost";

struct gpio_line {
    struct gpiod_line_request *request;
    // NULL where there are no changes to be told of.
    struct gpiod_edge_event_buffer *events;
    unsigned offset;
};

// A failed call of the library always sets errno; should it not, the failure is still one.
static int last_error(void) { return errno != 0 ? errno : EIO; }

int gpio_chip_label(const char *path, char label[GPIO_LABEL_LENGTH]) {
    struct gpiod_chip *chip = gpiod_chip_open(path);
    if (chip == NULL) return last_error();
    struct gpiod_chip_info *info = gpiod_chip_get_info(chip);
    const int error = info == NULL ? last_error() : 0;
    if (info != NULL) {
        strncpy(label, gpiod_chip_info_get_label(info), GPIO_LABEL_LENGTH - 1);
        label[GPIO_LABEL_LENGTH - 1] = '\0';
        gpiod_chip_info_free(info);
    }
    gpiod_chip_close(chip);
    return error;
}

// Asks for one line with `settings`. NULL with errno set where it cannot be had.
static struct gpiod_line_request *request(
    const char *path, unsigned offset, struct gpiod_line_settings *settings) {
    struct gpiod_line_request *request = NULL;
    struct gpiod_line_config *lines = gpiod_line_config_new();
    struct gpiod_request_config *config = gpiod_request_config_new();
    struct gpiod_chip *chip = gpiod_chip_open(path);
    if (lines != NULL && config != NULL && chip != NULL &&
        gpiod_line_config_add_line_settings(lines, &offset, 1, settings) == 0) {
        gpiod_request_config_set_consumer(config, consumer);
        request = gpiod_chip_request_lines(chip, config, lines);
    }
    const int error = errno;
    if (chip != NULL) gpiod_chip_close(chip);
    gpiod_request_config_free(config);
    gpiod_line_config_free(lines);
    errno = error;
    return request;
}

// A line that holds `request`, which it takes over; NULL with `error` set where there is none.
static gpio_line *line_of(struct gpiod_line_request *request, unsigned offset, int *error) {
    if (request == NULL) {
        *error = last_error();
        return NULL;
    }
    gpio_line *line = calloc(1, sizeof *line);
    if (line == NULL) {
        gpiod_line_request_release(request);
        *error = ENOMEM;
        return NULL;
    }
    line->request = request;
    line->offset = offset;
    return line;
}

gpio_line *gpio_open_output(const char *path, unsigned offset, bool is_active_low, int *error) {
    struct gpiod_line_settings *settings = gpiod_line_settings_new();
    if (settings == NULL) {
        *error = ENOMEM;
        return NULL;
    }
    gpiod_line_settings_set_active_low(settings, is_active_low);
    gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_OUTPUT);
    gpiod_line_settings_set_output_value(settings, GPIOD_LINE_VALUE_INACTIVE);
    gpio_line *line = line_of(request(path, offset, settings), offset, error);
    gpiod_line_settings_free(settings);
    return line;
}

gpio_line *gpio_open_input(const char *path, unsigned offset, bool is_active_low, gpio_bias bias, int *error) {
    struct gpiod_line_settings *settings = gpiod_line_settings_new();
    if (settings == NULL) {
        *error = ENOMEM;
        return NULL;
    }
    gpiod_line_settings_set_active_low(settings, is_active_low);
    gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_INPUT);
    if (bias == GPIO_BIAS_PULL_UP) gpiod_line_settings_set_bias(settings, GPIOD_LINE_BIAS_PULL_UP);
    if (bias == GPIO_BIAS_PULL_DOWN) gpiod_line_settings_set_bias(settings, GPIOD_LINE_BIAS_PULL_DOWN);
    gpiod_line_settings_set_event_clock(settings, GPIOD_LINE_CLOCK_MONOTONIC);
    gpiod_line_settings_set_edge_detection(settings, GPIOD_LINE_EDGE_BOTH);
    struct gpiod_edge_event_buffer *events = gpiod_edge_event_buffer_new(1);
    struct gpiod_line_request *held = events == NULL ? NULL : request(path, offset, settings);
    if (held == NULL) {
        // A chip without interrupts tells of no changes, and is asked for its level.
        gpiod_edge_event_buffer_free(events);
        events = NULL;
        gpiod_line_settings_set_edge_detection(settings, GPIOD_LINE_EDGE_NONE);
        held = request(path, offset, settings);
    }
    gpio_line *line = line_of(held, offset, error);
    gpiod_line_settings_free(settings);
    if (line == NULL) {
        gpiod_edge_event_buffer_free(events);
        return NULL;
    }
    line->events = events;
    return line;
}

int gpio_set(gpio_line *line, bool is_active) {
    const enum gpiod_line_value value = is_active ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE;
    return gpiod_line_request_set_value(line->request, line->offset, value) == 0 ? 0 : last_error();
}

int gpio_get(gpio_line *line, bool *is_active) {
    const enum gpiod_line_value value = gpiod_line_request_get_value(line->request, line->offset);
    if (value == GPIOD_LINE_VALUE_ERROR) return last_error();
    *is_active = value == GPIOD_LINE_VALUE_ACTIVE;
    return 0;
}

int gpio_next_edge(gpio_line *line, gpio_edge *edge, bool *found) {
    *found = false;
    if (line->events == NULL) return 0;
    const int waiting = gpiod_line_request_wait_edge_events(line->request, 0);
    if (waiting < 0) return last_error();
    if (waiting == 0) return 0;
    if (gpiod_line_request_read_edge_events(line->request, line->events, 1) != 1) return last_error();
    struct gpiod_edge_event *event = gpiod_edge_event_buffer_get_event(line->events, 0);
    if (event == NULL) return last_error();
    edge->is_active = gpiod_edge_event_get_event_type(event) == GPIOD_EDGE_EVENT_RISING_EDGE;
    edge->nanoseconds = gpiod_edge_event_get_timestamp_ns(event);
    *found = true;
    return 0;
}

void gpio_close(gpio_line *line) {
    if (line == NULL) return;
    gpiod_edge_event_buffer_free(line->events);
    gpiod_line_request_release(line->request);
    free(line);
}

const char *gpio_library_version(void) { return gpiod_api_version(); }

#endif
