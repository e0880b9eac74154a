// n-D correlation in float32. One element an invocation.
#include lib/grid.wgsl;
#include lib/window.wgsl;

struct Params {
  window: Window,
  cval: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<f32>;
@group(0) @binding(2) var<storage, read> tables: array<i32>;
@group(0) @binding(3) var<storage, read> weights: array<f32>;
@group(0) @binding(4) var<storage, read_write> output: array<f32>;

// Rows are summed on their own, so that rounding does not grow with the window.
struct Total {
  row: f32,
  rows: f32,
}

// Weights of zero do not look at their element: it may be NaN.
fn addTap(total: ptr<function, Total>, tap: u32, value: f32) {
  let weight = weights[tap];
  if (weight != 0.0) {
    (*total).row += weight * value;
  }
}

fn endRow(total: ptr<function, Total>) {
  (*total).rows += (*total).row;
  (*total).row = 0.0;
}

fn elementAt(index: u32) -> f32 {
  return input[index];
}

fn outside() -> f32 {
  return params.cval;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let element = params.window.first + flatInvocation(global, groups, 64u);
  if (element >= params.window.count) {
    return;
  }
  output[element] = windowSum(element).rows;
}
