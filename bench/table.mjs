// Markdown tables and numbers.
export const fixed = (value, digits = 2) => (value === undefined ? '-' : value.toFixed(digits));

export function table(header, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

/** A line of a report: a bar, whether it is met, and the figure. */
export const verdict = (bar, holds, figure) => `- ${bar}: ${holds ? 'holds' : '**FAILS**'} (${figure}).`;
