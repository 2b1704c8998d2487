import { barOf, depthOf, priceText, type Scene } from "../ladder/scene";
import { rowsSeen, yOfRow } from "../ladder/viewport";
import { formatSize } from "../market/prices";

/** The rows that are drawn, for who does not see them. */
export function LadderTable({ scene }: { scene: Scene }) {
  const { highest, lowest } = rowsSeen(scene.view);
  const { columns, scale } = scene;
  const [bids, asks] = [barOf(columns, "B"), barOf(columns, "A")];
  const rows = Array.from({ length: highest - lowest + 1 }, (_, i) => highest - i);
  return (
    <table
      className="unseen"
      aria-label="Order book"
      data-position={scene.book.position}
      data-bid-x={(bids?.x ?? 0) + (bids?.width ?? 0)}
      data-ask-x={asks?.x}
      data-lot-px={(asks?.width ?? 0) / scale}
    >
      <thead>
        <tr>
          <th scope="col">Bid orders</th>
          <th scope="col">Bid size</th>
          <th scope="col">Price</th>
          <th scope="col">Ask size</th>
          <th scope="col">Ask orders</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const bid = depthOf(scene, "B", row);
          const ask = depthOf(scene, "A", row);
          if (bid === undefined && ask === undefined) return null;
          return (
            <tr key={row} data-y={yOfRow(scene.view, row) + scene.view.rowPx / 2}>
              <td className="bid count">{bid && formatSize(bid.count)}</td>
              <td className="bid size">{bid && formatSize(bid.size)}</td>
              <td className="price">{priceText(row * scene.step, scene.tick)}</td>
              <td className="ask size">{ask && formatSize(ask.size)}</td>
              <td className="ask count">{ask && formatSize(ask.count)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
