{#-
  How a figure is written down. Every select of an evidence model starts with `evidence(...)`: one row is
  one source row behind one unit of the figure, and the figure is the sum of `amount` over its distinct units.

  A count has a numerator only; a share has a numerator and a denominator. `amount` is what one unit weighs:
  1 where units are counted, the people of an event, the followers of a network, the EUR of an entry.

  `label` and `date` say what the unit is called and when it was; a member is called by its register, and people are
  called nothing. `item` is what the unit is listed as: itself, unless it is listed together with others, as people are.
-#}
{% macro evidence(figure_id, unit, part='numerator', amount='1', label='null', date='null', item=none, member='null', event='null', file='source_file', line='source_line') -%}
    '{{ figure_id }}' as figure_id,
    '{{ part }}' as part,
    cast({{ unit }} as {{ dbt.type_string() }}) as unit_key,
    cast({{ amount }} as decimal(18, 2)) as amount,
    cast({{ file }} as {{ dbt.type_string() }}) as source_file,
    cast({{ line }} as bigint) as source_line,
    cast({{ member }} as {{ dbt.type_string() }}) as member_id,
    cast({{ event }} as {{ dbt.type_string() }}) as event_id,
    cast({{ item or unit }} as {{ dbt.type_string() }}) as item_key,
    cast({{ label }} as {{ dbt.type_string() }}) as unit_label,
    cast({{ date }} as date) as dated_on
{%- endmacro %}


{#- What a seat is called: the body and the seat in it. -#}
{% macro seat_name() -%}
    concat(replace(body, '_', ' '), ', ', seat)
{%- endmacro %}


{#- What people are listed as, where they do not stand by event: all in one item. -#}
{% macro people() -%}
    'people'
{%- endmacro %}


{#- The unit of a register without a key of its own: every row counts. -#}
{% macro each_row() -%}
    concat(source_file, ':', cast(source_line as {{ dbt.type_string() }}))
{%- endmacro %}


{#- <part> of a figure named <whole>_<part>_share. -#}
{% macro part_of_whole(figure_id, whole) -%}
    substr({{ figure_id }}, length({{ whole }}) + 2, length({{ figure_id }}) - length({{ whole }}) - 7)
{%- endmacro %}


{#- What a model reads, by dbt's graph: the names of the models, seeds and sources. -#}
{% macro read_by(model) -%}
    {%- set names = [] -%}
    {%- for node in (graph.nodes.values() if execute else []) if node.resource_type == 'model' and node.name == model -%}
        {%- for parent in node.depends_on.nodes -%}
            {%- do names.append(parent.split('.')[-1]) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}


{#- The landing tables that a model comes from, directly or not, by dbt's graph. -#}
{% macro landing_tables_of(model) -%}
    {%- set parents = {} -%}
    {%- for id, node in (graph.nodes.items() if execute else []) if node.resource_type == 'model' -%}
        {%- do parents.update({id: node.depends_on.nodes}) -%}
    {%- endfor -%}
    {%- set waiting = parents.keys() | select('equalto', 'model.' ~ project_name ~ '.' ~ model) | list -%}
    {#- Grows while it is walked through: what a node reads comes behind it. -#}
    {%- for id in waiting -%}
        {%- for parent in parents.get(id, []) if parent not in waiting -%}
            {%- do waiting.append(parent) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set tables = [] -%}
    {%- for id in waiting if id.startswith('source.') -%}
        {%- do tables.append(id.split('.')[-1]) -%}
    {%- endfor -%}
    {{ return(tables) }}
{%- endmacro %}


{#- The models whose rows are evidence, one an area of the catalogue. -#}
{% macro evidence_models() -%}
    {{ return(read_by('figure_evidence') | sort) }}
{%- endmacro %}


{#- The models that evidence is taken from, by name. -#}
{% macro models_behind_evidence() -%}
    {%- set names = [] -%}
    {%- for model in evidence_models() -%}
        {%- do names.extend(read_by(model)) -%}
    {%- endfor -%}
    {{ return(names | unique | sort) }}
{%- endmacro %}
