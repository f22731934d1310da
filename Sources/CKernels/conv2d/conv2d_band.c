#include "conv2d_band.h"

static size_t span(size_t taps, size_t dilation) { return (taps - 1) * dilation + 1; }

static ck_conv2d_band blocked(const ck_conv2d_shape *s, size_t output_rows) {
    const ck_window *w = &s->window;
    const size_t row_span = span(w->kernel_rows, w->dilation_rows);
    const size_t column_span = span(w->kernel_columns, w->dilation_columns);
    ck_conv2d_band band = {
        .row_phases = ck_smaller(w->stride_rows, row_span),
        .rows = output_rows + (row_span - 1) / w->stride_rows,
        .column_phases = ck_smaller(w->stride_columns, column_span),
        .columns = w->output_columns + (column_span - 1) / w->stride_columns,
    };
    band.plane_bytes = band.row_phases * band.rows * band.column_phases * band.columns * CK_BLOCK_CHANNELS;
    band.bytes = band.plane_bytes * ck_blocks(s->input_channels) + CK_CONV2D_BAND_SURPLUS_BYTES;
    return band;
}

static ck_conv2d_band rows(const ck_conv2d_shape *s, size_t output_rows) {
    const ck_window *w = &s->window;
    // A run's surplus bytes meet zero weights, but they are read.
    const size_t run_surplus = ck_patch_of(s).run_bytes - ck_patch_run_columns(w);
    ck_conv2d_band band = {
        .row_phases = 1,
        .rows = (output_rows - 1) * w->stride_rows + span(w->kernel_rows, w->dilation_rows),
        .column_phases = 1,
        .columns = (w->output_columns - 1) * w->stride_columns + span(w->kernel_columns, w->dilation_columns) +
                   run_surplus,
    };
    band.plane_bytes = band.rows * band.columns;
    band.bytes = band.plane_bytes * s->input_channels;
    return band;
}

ck_conv2d_band ck_conv2d_band_of(const ck_conv2d_shape *s, size_t output_rows) {
    return s->input_is_blocked ? blocked(s, output_rows) : rows(s, output_rows);
}

size_t ck_conv2d_band_rows(const ck_conv2d_shape *s, size_t most_bytes, size_t fewest) {
    const ck_window *w = &s->window;
    if (ck_conv2d_band_of(s, w->output_rows).bytes <= most_bytes) return w->output_rows;
    const size_t one = ck_conv2d_band_of(s, 1).bytes, each = ck_conv2d_band_of(s, 2).bytes - one;
    const size_t most = one < most_bytes ? 1 + (most_bytes - one) / each : 1;
    return ck_smaller(most > fewest ? most : fewest, w->output_rows);
}

size_t ck_conv2d_band_tap(const ck_window *w, const ck_conv2d_band *band, size_t tap_row, size_t tap_column) {
    const size_t down = tap_row * w->dilation_rows, right = tap_column * w->dilation_columns;
    const size_t row = down / w->stride_rows * band->column_phases + right % w->stride_columns;
    const size_t phase_rows = band->rows * band->column_phases * band->columns;
    const size_t pixel = down % w->stride_rows * phase_rows + row * band->columns + right / w->stride_columns;
    return pixel * CK_BLOCK_CHANNELS;
}
