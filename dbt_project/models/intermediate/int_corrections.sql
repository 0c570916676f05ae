with

corrected as (

    select * from {{ ref('stg_corrected_values') }}

),

final as (

    select
        -- text
        table_name,
        column_name,
        old_value,
        new_value,
        reason,
        corrected_by,

        -- dates
        corrected_on,

        -- origin
        source_file,
        source_line
    from corrected

)

select * from final
