import { figuresOf, saysAnything } from "../ladder/figures";
import { barOf, type Scene } from "../ladder/scene";
import { rowsSeen, yOfRow } from "../ladder/viewport";

/** The rows that are drawn, for who does not see them; and where in the drawing they are. */
export function LadderTable({ scene }: { scene: Scene }) {
  const { highest, lowest } = rowsSeen(scene.view);
  const { columns, scale, view, mostVolume } = scene;
  const [bids, asks] = [barOf(columns, "B"), barOf(columns, "A")];
  const volume = columns.find(({ name }) => name === "volume");
  const figures = figuresOf(scene);
  const rows = Array.from({ length: highest - lowest + 1 }, (_, i) => highest - i);
  return (
    // The box keeps what the figures change of the table's layout to itself.
    <div className="unseen">
      <table
        className="ladder-table"
        aria-label="Order book"
        data-position={scene.book.position}
        data-bid-x={(bids?.x ?? 0) + (bids?.width ?? 0)}
        data-ask-x={asks?.x}
        data-bar-px={asks?.width}
        data-lot-px={(asks?.width ?? 0) / scale}
        data-volume-x={volume?.x}
        data-traded-px={volume && (volume.width - 2) / mostVolume}
      >
        <thead>
          <tr>
            {figures.map(({ name, title }) => (
              <th key={name} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows
            .filter((row) => saysAnything(scene, row))
            .map((row) => (
              <tr key={row} data-y={yOfRow(view, row) + view.rowPx / 2}>
                {figures.map(({ name, text }) => (
                  <td key={name} className={name}>
                    {text(scene, row)}
                  </td>
                ))}
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}
