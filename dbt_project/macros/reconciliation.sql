{#- What a cell says, as print, the data and the register of known differences all write it: true or false,
    a plain number, a text. Blank in print is false, none or no text; a dash is blank. -#}
{% macro cell_as_compared(cell, form) -%}
    case
        when {{ form }} = 'boolean' and lower(coalesce({{ trimmed(cell) }}, '')) in ('', '-', 'no', 'false', '0') then 'false'
        when {{ form }} = 'boolean' and lower({{ trimmed(cell) }}) in ('yes', 'true', '1', 'x') then 'true'
        when {{ form }} = 'integer' and coalesce({{ trimmed(cell) }}, '') in ('', '-') then '0'
        when {{ form }} = 'integer' and try_cast({{ trimmed(cell) }} as bigint) is not null
            then cast(try_cast({{ trimmed(cell) }} as bigint) as {{ dbt.type_string() }})
        else coalesce({{ trimmed(cell) }}, '')
    end
{%- endmacro %}

{#- A figure as text, at the decimals that the report prints. -#}
{% macro figure_as_text(value, decimals) -%}
    case
        when {{ decimals }} = 0 then cast(cast({{ value }} as decimal(18, 0)) as {{ dbt.type_string() }})
        when {{ decimals }} = 1 then cast(cast({{ value }} as decimal(18, 1)) as {{ dbt.type_string() }})
        else cast({{ value }} as {{ dbt.type_string() }})
    end
{%- endmacro %}
