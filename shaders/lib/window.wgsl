// Weighted sums over windows of a block of up to four axes with `inner` elements at each position. The shader that
// includes this declares `params` (a Params with a field `window: Window`), `tables`, `alias Total`,
// `addTap(&total, tap, value)`, `endRow(&total)`, `elementAt(index) -> T` and `outside() -> T`.
struct Window {
  inputShape: vec4u,
  outputShape: vec4u,
  size: vec4u,
  // Where the entries of each axis begin in `tables`: positions along the input axis, -1 beyond the edge.
  tables: vec4u,
  inner: u32,
  // Output elements.
  count: u32,
  // First output word of this dispatch.
  first: u32,
}

fn windowSum(element: u32) -> Total {
  let window = params.window;
  let position = element / window.inner;
  let row = position / window.outputShape.w;
  let plane = row / window.outputShape.z;
  let place = window.tables + vec4u(
    plane / window.outputShape.y,
    plane % window.outputShape.y,
    row % window.outputShape.z,
    position % window.outputShape.w,
  );
  let shape = window.inputShape;
  var total: Total;
  var tap = 0u;
  for (var i = 0u; i < window.size.x; i++) {
    let a = tables[place.x + i];
    for (var j = 0u; j < window.size.y; j++) {
      let b = tables[place.y + j];
      for (var k = 0u; k < window.size.z; k++) {
        let c = tables[place.z + k];
        let isLine = (a | b | c) >= 0;
        let line = ((u32(a) * shape.y + u32(b)) * shape.z + u32(c)) * shape.w;
        for (var l = 0u; l < window.size.w; l++) {
          let d = tables[place.w + l];
          var value = outside();
          if (isLine && d >= 0) {
            value = elementAt((line + u32(d)) * window.inner + element % window.inner);
          }
          addTap(&total, tap, value);
          tap++;
        }
        endRow(&total);
      }
    }
  }
  return total;
}
