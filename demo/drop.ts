/** Takes what is dropped on the page. The handler must ask for handles and entries before its first await. */
export function installDrop(onDrop: (data: DataTransfer) => void): void {
  const over = (on: boolean) => document.body.classList.toggle('dropping', on);
  addEventListener('dragover', (event) => {
    event.preventDefault();
    over(true);
  });
  addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) over(false);
  });
  addEventListener('drop', (event) => {
    event.preventDefault();
    over(false);
    if (event.dataTransfer) onDrop(event.dataTransfer);
  });
}
