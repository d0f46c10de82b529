"""The catalog as a drawing: what is drawn (graph), and how: mermaid, dot, svg (widths, layers, layout). Pure."""
