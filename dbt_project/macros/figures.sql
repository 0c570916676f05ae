{#-
  How a figure is written down. Every select of an evidence model starts with `evidence(...)`: one row is
  one source row behind one unit of the figure, and the figure is the sum of `amount` over its distinct units.

  A count has a numerator only; a share has a numerator and a denominator. `amount` is what one unit weighs:
  1 where units are counted, the people of an event, the followers of a network, the EUR of an entry.
-#}
{% macro evidence(figure_id, unit, part='numerator', amount='1', member='null', event='null', file='source_file', line='source_line') -%}
    '{{ figure_id }}' as figure_id,
    '{{ part }}' as part,
    cast({{ unit }} as {{ dbt.type_string() }}) as unit_key,
    cast({{ amount }} as decimal(18, 2)) as amount,
    cast({{ file }} as {{ dbt.type_string() }}) as source_file,
    cast({{ line }} as bigint) as source_line,
    cast({{ member }} as {{ dbt.type_string() }}) as member_id,
    cast({{ event }} as {{ dbt.type_string() }}) as event_id
{%- endmacro %}


{#- The shares of one whole are one figure a catalogue row, named <whole>_<part>_share: this is how an evidence
    model says that it serves all figures of that whole. -#}
{% macro evidence_of_whole(whole) -%}
    '{{ whole }}'
{%- endmacro %}


{#- The unit of a register without a key of its own: every row counts. -#}
{% macro each_row() -%}
    concat(source_file, ':', cast(source_line as {{ dbt.type_string() }}))
{%- endmacro %}


{#- <part> of a figure named <whole>_<part>_share. -#}
{% macro part_of_whole(figure_id, whole) -%}
    substr({{ figure_id }}, length({{ whole }}) + 2, length({{ figure_id }}) - length({{ whole }}) - 7)
{%- endmacro %}


{#- The ids that the evidence models write, read from their code: what the agreement test compares with the catalogue.
    Yields a list of {model, figure_id, whole}, of which one of the last two is none. -#}
{% macro figures_in_code() -%}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values() | sort(attribute='name') if node.resource_type == 'model' and node.name.startswith('evidence_') -%}
            {%- for figure_id in modules.re.findall("\\bevidence\\(\\s*'(\\w+)'", node.raw_code) | unique -%}
                {%- do found.append({'model': node.name, 'figure_id': figure_id, 'whole': none}) -%}
            {%- endfor -%}
            {%- for whole in modules.re.findall("\\bevidence_of_whole\\(\\s*'(\\w+)'", node.raw_code) | unique -%}
                {%- do found.append({'model': node.name, 'figure_id': none, 'whole': whole}) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}
