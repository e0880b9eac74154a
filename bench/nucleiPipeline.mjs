// The pipeline that is measured, over any build of the library.

/** smooth -> Otsu -> opening -> label. */
export async function nucleiLabels(tilewise, image) {
  const smooth = tilewise.gaussianFilter(image, 2);
  const threshold = await tilewise.thresholdOtsu(smooth);
  return { threshold, ...tilewise.label(tilewise.binaryOpening(smooth.gt(threshold))) };
}

/** The same, and the table of all objects. */
export async function nucleiPipeline(tilewise, image) {
  const { threshold, labels } = await nucleiLabels(tilewise, image);
  return { threshold, labels, table: await tilewise.regionTable(image, { labelImage: labels }) };
}
