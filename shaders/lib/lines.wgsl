// An element of an array seen as [outer, length, inner].
struct LinePosition {
  outer: u32,
  along: u32,
  inner: u32,
}

fn linePosition(element: u32, length: u32, inner: u32) -> LinePosition {
  let line = element / inner;
  return LinePosition(line / length, line % length, element % inner);
}
